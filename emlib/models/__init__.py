"""The models of the course, one per file, with the equation beside each line.

=================================== ===============================================================
module                              holds
=================================== ===============================================================
`coins`, `gaussian1d`, `gaussian`,  a mixture: the record, the log-joint, the statistics, the M-step
`poisson`
`kmeans`                            its hard limit
`variational`, `posterior`,         a distribution over mixtures in place of one
`conjugate`
`regression`                        EM without components: the hidden ones are weights
`model`, `mixture`                  what all share: the readable E-step and what follows from it
`contract`                          what each model brings, and a first model from data
`record`, `tables`                  comparison, order and printing
`statistics`                        sufficient statistics that add
`families`, `covariances`           kinds of covariances; their factors and their floor
`priors`                            what a prior adds to the objective and to the M-step
=================================== ===============================================================
"""
