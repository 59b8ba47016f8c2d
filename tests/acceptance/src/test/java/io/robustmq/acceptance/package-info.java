/**
 * Black-box tests of a started platform. They use real clients and see only what a user sees.
 */
@NullMarked
package io.robustmq.acceptance;

import org.jspecify.annotations.NullMarked;
