/**
 * What all of security speaks of: a login, a password, a certificate, a thing that happened. Values only; any thread.
 */
@NullMarked
package io.robustmq.security;

import org.jspecify.annotations.NullMarked;
