# rfc: 9051 §4.3
C: a001 LOGIN {<<user} {<<pw}
S: a001 OK ...
2 C: a001 LOGIN {<<user+} {<<pw+}
2 S: a001 OK ...
3 C: a001 LOGIN "ann@example.org" "sec\ret"
3 S: a001 BAD ...
== pw escaped
secret
== user escaped
ann@example.org
