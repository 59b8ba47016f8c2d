package io.robustmq.cli;

/** How the program ends. */
final class ExitCode {
    static final int OK = 0;
    /** The server refused, or what was asked for does not exist. */
    static final int REFUSED = 1;
    /** The command line was not understood. */
    static final int USAGE = 2;
    /** The server cannot be reached, or answered something that is none of the admin API's. */
    static final int UNREACHABLE = 3;
    /** The token is missing or not let in. */
    static final int TOKEN = 4;

    private ExitCode() {}
}
