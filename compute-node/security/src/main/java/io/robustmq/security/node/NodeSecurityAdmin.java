package io.robustmq.security.node;

import io.robustmq.security.Password;
import io.robustmq.security.access.AccessPolicy;
import io.robustmq.security.access.AccessRequest;
import io.robustmq.security.access.Decision;
import io.robustmq.security.access.Rule;
import io.robustmq.security.access.RuleSyntaxException;
import io.robustmq.security.access.Subject;
import io.robustmq.security.ban.Ban;
import io.robustmq.security.ban.BanList;
import io.robustmq.security.user.User;
import io.robustmq.security.user.UserStore;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Carries out changes and notes them. Any thread. */
final class NodeSecurityAdmin implements SecurityAdmin {
    private static final Change NO_USERS = new Change.Rejected(
            "the authentication chain has no built-in users (robustmq.security.authentication.chain)");
    private static final Change NO_RULE_FILE =
            new Change.Rejected("there is no file for rules (robustmq.security.authorization.rules-file)");

    private final AccessPolicy policy;
    private final @Nullable UserStore users;
    private final @Nullable RuleFile rules;
    private final BanList bans;
    private final AuditLog audit;
    private final Consumer<Predicate<Subject>> expel;

    NodeSecurityAdmin(
            AccessPolicy policy,
            @Nullable UserStore users,
            @Nullable RuleFile rules,
            BanList bans,
            AuditLog audit,
            Consumer<Predicate<Subject>> expel) {
        this.policy = policy;
        this.users = users;
        this.rules = rules;
        this.bans = bans;
        this.audit = audit;
        this.expel = expel;
    }

    private interface Work {
        Change run() throws IOException, RuleSyntaxException;
    }

    private Change note(String actor, String change, String target, Work work) {
        Change outcome;
        try {
            outcome = work.run();
        } catch (IllegalArgumentException | RuleSyntaxException wrong) {
            outcome = new Change.Rejected(String.valueOf(wrong.getMessage()));
        } catch (IOException notKept) {
            outcome = new Change.NotKept(String.valueOf(notKept.getMessage()));
        }
        return audit.note(actor, change, target, outcome);
    }

    @Override
    public Collection<User> users() {
        return users == null ? List.of() : users.all();
    }

    @Override
    public Change addUser(String actor, String name, Password password, boolean superuser) {
        UserStore store = users;
        return note(
                actor,
                superuser ? "user.add-superuser" : "user.add",
                name,
                () -> store == null
                        ? NO_USERS
                        : store.add(name, password, superuser) ? Change.DONE : Change.ALREADY_THERE);
    }

    @Override
    public Change changePassword(String actor, String name, Password password) {
        UserStore store = users;
        return note(
                actor,
                "user.change-password",
                name,
                () -> store == null ? NO_USERS : expelled(name, store.changePassword(name, password)));
    }

    @Override
    public Change changeSuperuser(String actor, String name, boolean superuser) {
        UserStore store = users;
        return note(
                actor,
                superuser ? "user.make-superuser" : "user.make-ordinary",
                name,
                () -> store == null ? NO_USERS : expelled(name, store.changeSuperuser(name, superuser)));
    }

    @Override
    public Change deleteUser(String actor, String name) {
        UserStore store = users;
        return note(actor, "user.delete", name, () -> store == null ? NO_USERS : expelled(name, store.delete(name)));
    }

    private Change expelled(String name, boolean changed) {
        if (!changed) {
            return Change.NOT_FOUND;
        }
        expel.accept(subject -> name.equals(subject.userName())
                && (subject.source().equals(UserStore.NAME) || subject.source().equals(NodeSecurity.SCRAM)));
        return Change.DONE;
    }

    @Override
    public List<Rule> rules() {
        return policy.rules();
    }

    @Override
    public Change replaceRules(String actor, String text) {
        RuleFile file = rules;
        return note(actor, "rules.replace", text.lines().count() + " lines", () -> {
            if (file == null) {
                return NO_RULE_FILE;
            }
            file.replace(text);
            return Change.DONE;
        });
    }

    @Override
    public Change reloadRules(String actor) {
        RuleFile file = rules;
        return note(actor, "rules.reload", "", () -> {
            if (file == null) {
                return NO_RULE_FILE;
            }
            file.load();
            return Change.DONE;
        });
    }

    @Override
    public Collection<Ban> bans() {
        return bans.all();
    }

    @Override
    public Change ban(Ban ban) {
        return note(ban.by(), "ban.add", ban.target() + " until " + ban.untilMillis() + ": " + ban.reason(), () -> {
            bans.add(ban);
            expel.accept(subject -> bans.find(subject.clientId(), subject.userName(), subject.address())
                    .isPresent());
            return Change.DONE;
        });
    }

    @Override
    public Change unban(String actor, Ban.Target target) {
        return note(actor, "ban.lift", target.toString(), () -> bans.remove(target) ? Change.DONE : Change.NOT_FOUND);
    }

    @Override
    public CompletionStage<Decision> test(Subject subject, AccessRequest request) {
        return policy.ask(subject, request);
    }

    @Override
    public List<AuditEvent> audit() {
        return audit.latest();
    }
}
