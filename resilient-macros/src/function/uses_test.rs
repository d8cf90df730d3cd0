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
        "match x { A(y) => send(&y), B { z: w, .. } if w.is_new() => { w.len() } }",
        "if let Some(y) = x { send(&y.z) }",
        "while let P { a, .. } = x { a.next(); }",
        "let x = x.as_ref(); send(x)",
        "let (x, y) = (&x, 1); send(x)",
        "loop { 'x: loop {} }",
        "other(y)",
        "let x = x; send(&x)",
    ] {
        assert_ne!(used("x", body), Use::Moved, "{body}");
    }
    for body in ["send(&x).await", "x(1); send(&mut x)"] {
        assert_eq!(used("x", body), Use::Borrowed, "{body}");
    }
    for body in ["x(1)", "x.len() + x[0]", "format!(\"{}\", x)", ""] {
        assert_eq!(used("x", body), Use::Called, "{body}");
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
        "println!(\"{}\", f(x))",
        "json!({ \"a\": f(x) })",
        "Request { ..x }",
        "vec![x]",
        "x? + 1",
        "x == y",
        "for y in x {}",
        "if let Some(y) = x { y }",
        "match x { A => 1, B(y) => y.clone(), }",
        "match x { A(y) if *y => 1, _ => 2 }",
        "match x { B { y: w } => { send(w) } C => 1 }",
        "{ let x = 1; } send(x)",
        "let x = x; send(x)",
        "let P { x: y } = p; send(x)",
        "x",
    ] {
        assert_eq!(used("x", body), Use::Moved, "{body}");
    }
}

#[test]
fn fields_of_self_are_named_if_they_are_surely_those_of_this_self() {
    let name = Ident::new("self", Span::call_site());
    let fields = |body: &str| {
        let fields = fields_of(&name, &body.parse().expect(body))?;
        let names = fields.iter().map(ToString::to_string);
        Some(names.collect::<Vec<_>>().join(" "))
    };
    for (body, expected) in [
        ("self.send(&self.url, self.limit)", Some("limit")),
        ("(self.b, self.a, self.b, self.0.1)", Some("0.1 a b")),
        ("self.client.get(&self.url)", Some("")),
        ("self.send(self.id as u8, self.list[0])", Some("")),
        ("if self.a.b { send(self.c.d) }", Some("a . b c . d")),
        (
            "self.a.unwrap_or(1) + self.b.c.into_inner()",
            Some("a b . c"),
        ),
        ("if let Some(tag) = self.a.b { send(tag) }", Some("a . b")),
        ("if let Some(tag) = self.a.b { send(&tag) }", Some("")),
        (
            "match self.kind { Kind::A => self.unwraps(), Kind::B(n) => n.len() }",
            Some(""),
        ),
        ("if self.page == 1 { self::send(&self) }", Some("")),
        ("run(self)", None),
        ("impl X { fn f(self) -> u8 { self.n } }", None),
        ("#[cfg(unix)] run(self.n)", None),
    ] {
        assert_eq!(fields(body).as_deref(), expected, "{body}");
    }
}
