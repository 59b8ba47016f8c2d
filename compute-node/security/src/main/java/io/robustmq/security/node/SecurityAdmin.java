package io.robustmq.security.node;

import io.robustmq.security.Password;
import io.robustmq.security.access.AccessRequest;
import io.robustmq.security.access.Decision;
import io.robustmq.security.access.Rule;
import io.robustmq.security.access.Subject;
import io.robustmq.security.ban.Ban;
import io.robustmq.security.user.User;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What administrators see and change while the node runs. Every change names its actor, is kept before it is in force, and
 * leaves an {@link AuditEvent}, refused ones included. Any thread but a loop's: changes block for a synced write, and new
 * passwords for a key derivation.
 */
public interface SecurityAdmin {

    /** The built-in users by name; none where the chain has no built-in users. */
    Collection<User> users();

    /** Adds a user. */
    Change addUser(String actor, String name, Password password, boolean superuser);

    /** Gives a user another password and ends the connections that the old one opened. */
    Change changePassword(String actor, String name, Password password);

    /** Makes a user a superuser or an ordinary one and ends the connections it has. */
    Change changeSuperuser(String actor, String name, boolean superuser);

    /** Deletes a user and ends the connections it has. */
    Change deleteUser(String actor, String name);

    /** The rules in force. */
    List<Rule> rules();

    /** Puts the rules of a text in force instead of those before; {@link io.robustmq.security.access.RuleText} has the form. */
    Change replaceRules(String actor, String text);

    /** Reads the rule file now. */
    Change reloadRules(String actor);

    /** The bans that hold now. */
    Collection<Ban> bans();

    /** Bans, and ends the connections of whom it keeps out. */
    Change ban(Ban ban);

    /** Lifts a ban. */
    Change unban(String actor, Ban.Target target);

    /** What a client would be told, asking whoever would be asked; changes nothing. */
    CompletionStage<Decision> test(Subject subject, AccessRequest request);

    /** The latest changes, newest first, at most {@link #AUDIT_EVENTS_KEPT}; all of them are in the log. */
    List<AuditEvent> audit();

    /** How many {@link #audit} remembers. */
    int AUDIT_EVENTS_KEPT = 1_000;
}
