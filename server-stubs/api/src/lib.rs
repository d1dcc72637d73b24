//! The exAI API as axum traits: implement them to serve it.
