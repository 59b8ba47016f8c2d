/**
 * Who is kept out: bans with an end, clients that come and go too often, addresses that guess passwords. Any thread.
 */
@NullMarked
package io.robustmq.security.ban;

import org.jspecify.annotations.NullMarked;
