//! Which tokens borrow a variable, and which move it.

use super::*;
use proc_macro2::Span;

fn used(name: &str, body: &str) -> Use {
    let name = Ident::new(name, Span::call_site());
    of(&name, body.parse().expect(body))
}

#[test]
fn borrows_are_told_from_moves() {
    for body in [
        "send(&x).await",
        "x.len() + x.field",
        "x(1)",
        "x[0]",
        "buf.push(&mut x)",
        "println!(\"{}\", x)",
        "json!({ \"a\": x })",
        "Request { x: 1 }.x",
        "x::send()",
        "x!(1)",
        "match x { A => 1 }",
        "if let Some(y) = x { y }",
        "let x = x.as_ref(); send(x)",
        "let (x, y) = (&x, 1); send(x)",
        "loop { 'x: loop {} }",
        "other(y)",
        "let x = x; send(&x)",
    ] {
        assert_eq!(used("x", body), Use::Borrowed, "{body}");
    }
    for body in [
        "send(x).await",
        "x.await",
        "x.into_inner()",
        "let y = x;",
        "if let Some(x) = y { 1 } else { 2 }; send(x)",
        "let x = send(x); x.len()",
        "Request { x }",
        "Request { x: x }",
        "Request { ..x }",
        "vec![x]",
        "x? + 1",
        "x == y",
        "for y in x {}",
        "{ let x = 1; } send(x)",
        "let x = x; send(x)",
        "x",
    ] {
        assert_eq!(used("x", body), Use::Moved, "{body}");
    }
}

#[test]
fn fields_of_self_are_moved_as_values_and_borrowed_otherwise() {
    for body in [
        "self.client.send(&self.body, self.id as u8)",
        "self.send(self.list[0])",
        "self::send(&self)",
        "if self.page == 1 {}",
    ] {
        assert_eq!(used("self", body), Use::Borrowed, "{body}");
    }
    for body in ["self.client.send(self.body)", "self.0", "run(self)"] {
        assert_eq!(used("self", body), Use::Moved, "{body}");
    }
}

#[test]
fn fields_of_self_are_named_if_they_are_surely_those_of_this_self() {
    let fields = |body: &str| {
        let fields = fields_of_self(&body.parse().expect(body))?;
        let names = fields.iter().map(ToString::to_string);
        Some(names.collect::<Vec<_>>().join(" "))
    };
    for (body, expected) in [
        ("self.send(&self.url, self.limit)", Some("limit")),
        ("(self.b, self.a, self.b, self.0.1)", Some("0.1 a b")),
        ("self.client.get(&self.url)", Some("")),
        ("run(self)", None),
        ("impl X { fn f(self) -> u8 { self.n } }", None),
        ("#[cfg(unix)] run(self.n)", None),
    ] {
        assert_eq!(fields(body).as_deref(), expected, "{body}");
    }
}
