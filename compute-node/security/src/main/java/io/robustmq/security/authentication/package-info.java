/**
 * Who is it. A chain of sources is asked in order, each accepts, denies or leaves it to the next; nobody's word is a no, and
 * a source that fails is a no as well. Sources may be called on an event loop and answer on any thread.
 */
@NullMarked
package io.robustmq.security.authentication;

import org.jspecify.annotations.NullMarked;
