/**
 * An HTTP service that is asked who may connect and do what. Requests are bounded in number and time, and a service that
 * keeps failing is left alone for a while.
 */
@NullMarked
package io.robustmq.security.http;

import org.jspecify.annotations.NullMarked;
