package io.robustmq.security.node;

/** What became of a change. */
public sealed interface Change {
    /** It is in force and kept. */
    record Done() implements Change {}

    /** There is nothing of that name. */
    record NotFound() implements Change {}

    /** There is one of that name already. */
    record AlreadyThere() implements Change {}

    /** It cannot be. */
    record Rejected(String sentence) implements Change {}

    /** It could not be kept, so it is not in force either. */
    record NotKept(String sentence) implements Change {}

    Done DONE = new Done();
    NotFound NOT_FOUND = new NotFound();
    AlreadyThere ALREADY_THERE = new AlreadyThere();
}
