//! Answers of real providers.

pub mod anthropic;
pub mod gemini;
pub mod openai;
