//! A connection by which the script reads a time that the test has set, not that of the server.

use redis::{
    Arg, Cmd, Pipeline, RedisFuture, Script, Value,
    aio::{ConnectionLike, MultiplexedConnection},
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

const TIME: &str = "redis.call('TIME')";
const SIMULATED: &str = "{ redis.call('GET', 'seconds'), redis.call('GET', 'micros') }";

#[derive(Clone)]
pub(crate) struct SimulatedTime {
    connection: MultiplexedConnection,
    /// The hash of the changed script.
    script: Arc<Mutex<Option<String>>>,
}

impl SimulatedTime {
    pub(crate) fn new(connection: MultiplexedConnection) -> Self {
        Self {
            connection,
            script: Arc::default(),
        }
    }

    pub(crate) async fn set(&mut self, time: Duration) {
        let mut set = Cmd::new();
        set.arg("MSET").arg("seconds").arg(time.as_secs());
        set.arg("micros").arg(time.subsec_micros());
        let () = set.query_async(&mut self.connection).await.unwrap();
    }

    /// All but the text of the script, and its hash, is sent as it is.
    fn changed(&self, command: &Cmd) -> Cmd {
        let mut words = command.args_iter().map(|word| match word {
            Arg::Simple(word) => word,
            _ => panic!("no word of a script"),
        });
        let (name, script) = (words.next().unwrap(), words.next().unwrap());
        let mut known = self.script.lock().unwrap();
        let mut changed = Cmd::new();
        changed.arg(name);
        if name == b"EVAL" {
            let text = std::str::from_utf8(script).unwrap();
            assert_eq!(text.matches(TIME).count(), 1);
            let text = text.replace(TIME, SIMULATED);
            *known = Some(Script::new(&text).get_hash().to_owned());
            changed.arg(text);
        } else if let Some(hash) = &*known {
            changed.arg(hash);
        } else {
            changed.arg(script);
        }
        for word in words {
            changed.arg(word);
        }
        changed
    }
}

impl ConnectionLike for SimulatedTime {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        let command = self.changed(command);
        let mut connection = self.connection.clone();
        Box::pin(async move { connection.req_packed_command(&command).await })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        self.connection.req_packed_commands(pipeline, offset, count)
    }

    fn get_db(&self) -> i64 {
        self.connection.get_db()
    }
}
