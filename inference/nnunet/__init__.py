"""nnU-Net v2 as a segmentation stage: folders out, programs of its own environment, folders in.

Isensee et al. 2021 (doi:10.1038/s41592-020-01008-z). Nothing of it is imported here: it lives in an
environment apart (`python3 run.py nnunet`), which this package starts and reads the files of.
"""
