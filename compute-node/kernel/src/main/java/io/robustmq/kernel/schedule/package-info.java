/**
 * What is due at a time: expiry of messages and sessions, parting messages, delayed messages. Holds the order of due times and
 * nothing else; the durable facts behind a timer are rows of the object it belongs to, and timers are armed anew from them
 * after a takeover. Time comes as an argument, never from a clock. Loop-confined.
 */
@NullMarked
package io.robustmq.kernel.schedule;

import org.jspecify.annotations.NullMarked;
