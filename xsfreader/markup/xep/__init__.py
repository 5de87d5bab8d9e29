"""Read specifications (XEPs): the XSF's XML in, the same documents as for posts out."""
