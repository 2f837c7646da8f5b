"""MUSIC, the interface of CMADaaS and CIMISS: what is asked for, and how it is fetched."""
