"""How fast emlib is, beside others who do the same: `python -m benchmarks`.

Every comparison is paired: same data, same start, same number of iterations, in one run, in turn,
each library in a process of its own. And it is checked that all arrive at the same parameters;
where they do not, the run fails and no page is written.

=============== ==================================================================================
module          has
=============== ==================================================================================
`workers`       processes with a fixed number of threads, and timings taken in turn
`cases`         the sizes of the main table, with data, start and goals
`peers`         one adapter for each library: K-means and EM from a given start
`agreement`     are two results the same?
`problems`      ten problems on which EM is slow
`machine`       what the computer is, and what it can do at best
`sections`      the tables, one module each
`report`        tables, goals and the page docs/benchmarks.md
=============== ==================================================================================
"""
