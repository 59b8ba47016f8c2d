package io.robustmq.security.user;

import org.jspecify.annotations.Nullable;

/**
 * A user of the built-in store.
 *
 * @param name unlike that of all others
 * @param superuser whether rules do not bind the user
 * @param scram for the proof without sending the password; null if none was made
 */
public record User(String name, boolean superuser, @Nullable ScramSecret scram) {}
