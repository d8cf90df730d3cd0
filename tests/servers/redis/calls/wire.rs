//! A connection whose end the test moves, and whose answers it sets.

use redis::{
    Arg, Cmd, Pipeline, RedisFuture, RedisResult, Value,
    aio::{ConnectionLike, MultiplexedConnection},
};
use std::sync::{Arc, Mutex};

/// Clones are the same connection.
#[derive(Clone)]
pub(super) struct Wire {
    /// `None`: every command gets the answer.
    to: Arc<Mutex<Option<MultiplexedConnection>>>,
    answer: Arc<Mutex<RedisResult<Value>>>,
    /// The number in the keys.
    layout: u32,
}

impl Wire {
    pub(super) fn to(connection: MultiplexedConnection) -> Self {
        Self {
            to: Arc::new(Mutex::new(Some(connection))),
            answer: Arc::new(Mutex::new(Ok(Value::Nil))),
            layout: 1,
        }
    }

    pub(super) fn answering(answer: RedisResult<Value>) -> Self {
        Self {
            to: Arc::default(),
            answer: Arc::new(Mutex::new(answer)),
            layout: 1,
        }
    }

    /// As another version of the library, with a layout of its own.
    pub(super) const fn with_layout(mut self, layout: u32) -> Self {
        self.layout = layout;
        self
    }

    /// The connection leads to another server from now on.
    pub(super) fn turn_to(&self, connection: MultiplexedConnection) {
        *self.to.lock().unwrap() = Some(connection);
    }

    fn changed(&self, command: &Cmd) -> Cmd {
        let mut changed = Cmd::new();
        let layout = format!("resilient:{}:", self.layout);
        for word in command.args_iter() {
            let Arg::Simple(word) = word else {
                panic!("no word of a script")
            };
            match word.strip_prefix(b"resilient:1:") {
                Some(rest) => changed.arg([layout.as_bytes(), rest].concat()),
                None => changed.arg(word),
            };
        }
        changed
    }
}

impl ConnectionLike for Wire {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        let command = self.changed(command);
        let to = self.to.lock().unwrap().clone();
        let answer = self.answer.lock().unwrap().clone();
        Box::pin(async move {
            match to {
                Some(mut connection) => connection.req_packed_command(&command).await,
                None => answer,
            }
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        _: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        panic!("the store sends one command at a time")
    }

    fn get_db(&self) -> i64 {
        0
    }
}
