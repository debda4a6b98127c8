# rfc: 3207 §4.2
setting starttls true
modes plain rocks
C: EHLO bar.example
S* 250-...
S: 250 ...
C: STARTTLS
C: MAIL FROM:<evil@b.example>
S: 554 5.5.0 ...
closed
