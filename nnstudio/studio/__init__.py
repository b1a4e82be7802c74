"""The application without a window: session, analysis, runs, clipboard, actions."""
