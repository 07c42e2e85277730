"""The tables of the published systems, from judged cases: figures, intervals, sheets and plots."""
