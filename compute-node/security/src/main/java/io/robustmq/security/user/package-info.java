/**
 * Users with passwords: files of hashes, changed while running. Key derivations run on the executor that is given, never on
 * an event loop.
 */
@NullMarked
package io.robustmq.security.user;

import org.jspecify.annotations.NullMarked;
