#[automatically_derived]
#[allow(deprecated)]
impl ::resilient_runtime::Classify for Never {
    fn classify(&self) -> ::resilient_runtime::Classification {
        match *self {}
    }
}
