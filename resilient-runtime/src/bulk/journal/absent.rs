//! No journal.

use super::super::Stop;
use crate::Class;
use std::{
    convert::Infallible,
    marker::PhantomData,
    task::{Context, Poll},
};

/// Cannot be made.
pub struct Journal<'a, T, O> {
    never: Infallible,
    of: PhantomData<fn(&'a T) -> O>,
}

impl<T, O> Journal<'_, T, O> {
    pub(in super::super) const fn poll_open(&mut self, _: &mut Context<'_>) -> Poll<Option<Stop>> {
        match self.never {}
    }

    pub(in super::super) const fn is_done(&mut self, _: usize, _: &T) -> Result<bool, Stop> {
        match self.never {}
    }

    pub(in super::super) fn ended(
        &mut self,
        _: usize,
        _: Option<O>,
        _: Option<Class>,
    ) -> Option<Stop> {
        match self.never {}
    }

    pub(in super::super) const fn unwritten(&self) -> usize {
        match self.never {}
    }

    pub(in super::super) const fn next(&mut self) -> Option<(usize, O)> {
        match self.never {}
    }

    pub(in super::super) const fn write(&mut self) -> Option<Stop> {
        match self.never {}
    }

    pub(in super::super) const fn poll_sync(&mut self, _: &mut Context<'_>) -> Option<Stop> {
        match self.never {}
    }

    pub(in super::super) const fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<Option<Stop>> {
        match self.never {}
    }
}
