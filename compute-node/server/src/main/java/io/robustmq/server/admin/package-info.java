/**
 * The admin API: HTTP under {@code /api/v1}, as {@code docs/reference/admin-api.md} has it.
 *
 * <p>Enters: requests with a bearer token, worked on by virtual threads, and the running node in an {@link io.robustmq.server.admin.Administration}. Leaves: JSON, problems as RFC 9457 has them, a
 * line of the audit log for each change. Each {@link io.robustmq.server.admin.Resource} says what it offers as {@link io.robustmq.server.admin.Endpoint}s; routes, the OpenAPI document and the
 * reference page are made of these. Users, access rules and bans are resources of their own that join the list in {@link io.robustmq.server.admin.AdminApi} when there is something to administer.
 */
@NullMarked
package io.robustmq.server.admin;

import org.jspecify.annotations.NullMarked;
