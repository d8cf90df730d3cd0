#[derive(Classify)]
enum Wrapped<'a, T: Client, U = (), const N: usize = 0>
where
    U: Debug,
{
    #[classify(delegate)]
    Of(T::Error),
    #[classify(unknown)]
    Not([U; N]),
    #[classify(delegate = inner)]
    Borrowed { inner: Inner<'a> },
    #[classify(rejection)]
    Rejected { cause: Rejection },
}
