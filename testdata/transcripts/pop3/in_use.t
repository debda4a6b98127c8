# rfc: 2449 §8.1.1
# A second session of the same device is refused, one of another device is not.
device ann phone
1 login ann
2 C: USER ann@example.org
2 S: +OK ...
2 C: PASS secret
2 S: -ERR [IN-USE] ...
3 login ann $phone
1 C: QUIT
1 S: +OK ...
1 closed
2 C: USER ann@example.org
2 S: +OK ...
2 C: PASS secret
2 S: +OK 0 messages
