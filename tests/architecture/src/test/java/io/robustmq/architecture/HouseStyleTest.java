package io.robustmq.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaPackage;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Names and packages as the house has them. */
class HouseStyleTest {
    @Test
    void everyPackageSaysThatNullIsMarked() {
        List<String> unmarked = Product.CLASSES.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(entry -> entry.getName().startsWith("io.robustmq"))
                .filter(entry -> !isNullMarked(entry))
                .map(JavaPackage::getName)
                .sorted()
                .toList();

        assertThat(unmarked)
                .as("packages without a package-info.java that has @NullMarked")
                .isEmpty();
    }

    @Test
    void noClassIsCalledUtilHelperOrManager() {
        noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager)(\\$.*)?")
                .check(Product.CLASSES);
    }

    @Test
    void everyModuleIsSeenHere() {
        assertThat(Product.CLASSES.stream().map(JavaClass::getPackageName).distinct())
                .contains(
                        "io.robustmq.storage",
                        "io.robustmq.storage.ledger",
                        "io.robustmq.storage.testkit",
                        "io.robustmq.storage.memory",
                        "io.robustmq.storage.bookkeeper",
                        "io.robustmq.kernel",
                        "io.robustmq.kernel.testkit",
                        "io.robustmq.security",
                        "io.robustmq.transport",
                        "io.robustmq.protocol.mqtt",
                        "io.robustmq.server",
                        "io.robustmq.bookie",
                        "io.robustmq.standalone");
    }

    private static boolean isNullMarked(JavaPackage entry) {
        return entry.isAnnotatedWith(NullMarked.class);
    }
}
