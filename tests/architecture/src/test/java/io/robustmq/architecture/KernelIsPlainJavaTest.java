package io.robustmq.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The kernel can be run by a simulation in one thread under one seed. So it never asks the JVM for time, randomness or
 * threads, never blocks, and knows no protocol by name.
 */
class KernelIsPlainJavaTest {
    private static final Set<String> ALLOWED = Set.of(
            "io.robustmq.kernel",
            "io.robustmq.storage",
            "java",
            "org.jspecify.annotations",
            "org.slf4j",
            "io.netty.buffer",
            "io.netty.util",
            "org.jctools");

    private static final Pattern PROTOCOL_WORD =
            Pattern.compile("Mqtt|Qos|QoS|Kafka|Amqp|Exchange|Partition|Will(?![a-z])");

    @Test
    void kernelUsesOnlyWhatItsRoomAllows() {
        classes()
                .that(DirectionsTest.inTheKernel())
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "reside in " + ALLOWED,
                        type -> type.getBaseComponentType().isPrimitive()
                                || ALLOWED.stream()
                                        .anyMatch(room -> isInside(
                                                type.getBaseComponentType().getPackageName(), room))))
                .check(Product.CLASSES);
    }

    @Test
    void kernelOpensNoSocketAndNoFile() {
        noClasses()
                .that(DirectionsTest.inTheKernel())
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.nio.channels..", "java.nio.file..", "io.netty.channel..")
                .check(Product.CLASSES);
    }

    @Test
    void kernelAsksNoClock() {
        noClasses()
                .that(DirectionsTest.inTheKernel())
                .should()
                .callMethodWhere(describe(
                        "the JVM's clock is read",
                        target -> (target.getOwner().isEquivalentTo(System.class)
                                        && Set.of("currentTimeMillis", "nanoTime")
                                                .contains(target.getName()))
                                || (target.getOwner().getPackageName().equals("java.time")
                                        && target.getName().equals("now"))
                                || (target.getOwner().isEquivalentTo(Clock.class)
                                        && target.getName().startsWith("system"))))
                .check(Product.CLASSES);
    }

    @Test
    void kernelDrawsNoRandomness() {
        noClasses()
                .that(DirectionsTest.inTheKernel())
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "java\\.util\\.Random|java\\.util\\.SplittableRandom|java\\.util\\.random\\.(?!RandomGenerator$).*"
                                + "|java\\.util\\.concurrent\\.ThreadLocalRandom|java\\.security\\.SecureRandom"
                                + "|io\\.netty\\.util\\.internal\\.ThreadLocalRandom")
                .check(Product.CLASSES);
    }

    @Test
    void kernelLetsTheJvmInventNoValue() {
        noClasses()
                .that(DirectionsTest.inTheKernel())
                .should()
                .callMethodWhere(describe(
                        "the JVM invents a value",
                        target -> (Set.of("randomUUID", "random", "identityHashCode")
                                                .contains(target.getName())
                                        && target.getOwner().getPackageName().startsWith("java."))
                                || (target.getOwner().isEquivalentTo(RandomGenerator.class)
                                        && Set.of("of", "getDefault").contains(target.getName()))))
                .check(Product.CLASSES);
    }

    @Test
    void kernelUsesNoLockAndNoExecutor() {
        noClasses()
                .that(DirectionsTest.inTheKernel())
                .should()
                .dependOnClassesThat()
                .haveNameMatching("java\\.util\\.concurrent\\.locks\\..*|java\\.util\\.concurrent\\..*Executor.*"
                        + "|java\\.util\\.concurrent\\.(CountDownLatch|Semaphore|CyclicBarrier|Phaser|Exchanger)"
                        + "|java\\.util\\.concurrent\\.(ForkJoinPool|StructuredTaskScope|.*BlockingQueue)"
                        + "|java\\.util\\.(Timer|TimerTask)|java\\.lang\\.Thread\\$Builder.*"
                        + "|io\\.netty\\.util\\.(Timer|HashedWheelTimer)")
                .check(Product.CLASSES);
    }

    @Test
    void kernelStartsNoThreadAndNeverWaits() {
        noClasses()
                .that(DirectionsTest.inTheKernel())
                .should()
                .callCodeUnitWhere(DescribedPredicate.describe(
                        "a thread is made or parked, or a caller waits", call -> startsOrBlocks(call.getTarget())))
                .check(Product.CLASSES);
    }

    @Test
    void kernelHasNoSynchronizedMethods() {
        noClasses()
                .that(DirectionsTest.inTheKernel())
                .should(haveSynchronizedMethods())
                .check(Product.CLASSES);
    }

    @Test
    void kernelKnowsNoProtocolByName() {
        noClasses()
                .that(DirectionsTest.inTheKernel())
                .should()
                .haveNameMatching(".*\\.[^.]*(" + PROTOCOL_WORD.pattern() + ")[^.]*")
                .check(Product.CLASSES);
    }

    private static boolean startsOrBlocks(AccessTarget.CodeUnitCallTarget target) {
        JavaClass owner = target.getOwner();
        String name = target.getName();
        if (owner.isAssignableTo(Thread.class)) {
            return Set.of("<init>", "sleep", "startVirtualThread", "ofVirtual", "ofPlatform", "yield", "join", "start")
                    .contains(name);
        }
        if (owner.isAssignableTo("java.util.concurrent.CompletableFuture")
                || owner.isAssignableTo("java.util.concurrent.Future")) {
            return Set.of("get", "join").contains(name)
                    || (name.endsWith("Async") && !name.equals("newIncompleteFuture"));
        }
        return owner.isEquivalentTo(Object.class) && name.equals("wait");
    }

    private static boolean isInside(String packageName, String room) {
        return packageName.equals(room) || packageName.startsWith(room + ".");
    }

    private static ArchCondition<JavaClass> haveSynchronizedMethods() {
        return new ArchCondition<>("have synchronized methods") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                type.getMethods().stream()
                        .filter(method -> method.getModifiers().contains(JavaModifier.SYNCHRONIZED))
                        .forEach(method -> events.add(SimpleConditionEvent.satisfied(method, method.getDescription())));
            }
        };
    }

    private static DescribedPredicate<JavaAccess<?>> describe(
            String text, java.util.function.Predicate<AccessTarget> predicate) {
        return DescribedPredicate.describe(text, access -> predicate.test(access.getTarget()));
    }
}
