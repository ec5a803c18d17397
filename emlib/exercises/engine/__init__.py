"""How an answer is judged; it knows no lesson.

The package is not called ``check``: importing it would put a module in the place of the function
``emlib.exercises.check``, which is the learner's door.
"""
