/**
 * The storage contract as tests, and a faulty store. An implementation of the storage interfaces proves itself
 * by extending the contract classes of this package; the faulty store loses unsynced tails, answers late, answers
 * unknown and crashes when a test tells it to.
 */
@NullMarked
package io.robustmq.storage.testkit;

import org.jspecify.annotations.NullMarked;
