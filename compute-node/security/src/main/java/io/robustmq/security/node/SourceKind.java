package io.robustmq.security.node;

/** What the authentication chain is made of. */
public enum SourceKind {
    /** The built-in users, by password and, where the protocol has it, by SCRAM-SHA-256. */
    USERS,
    /** A file of names and passwords that somebody else writes. */
    PASSWORD_FILE,
    /** JSON Web Tokens. */
    JWT,
    /** The client's certificate. */
    CERTIFICATE,
    /** An HTTP service. */
    HTTP,
    /** Everybody who got as far as here. */
    ANONYMOUS
}
