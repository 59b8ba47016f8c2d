package io.robustmq.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import org.junit.jupiter.api.Test;

/**
 * Who may see whom. Maven already withholds most of what is forbidden here; these rules also hold what it cannot:
 * test kits, transitive dependencies and the packages inside a module.
 */
class DirectionsTest {
    private static final String STORAGE_CONTRACT = "io.robustmq.storage";
    private static final String LEDGER = "io.robustmq.storage.ledger..";
    private static final String STORAGE_TESTKIT = "io.robustmq.storage.testkit..";
    private static final String MEMORY = "io.robustmq.storage.memory..";
    private static final String BOOKKEEPER = "io.robustmq.storage.bookkeeper..";
    private static final String KERNEL = "io.robustmq.kernel..";
    private static final String KERNEL_TESTKIT = "io.robustmq.kernel.testkit..";
    private static final String SECURITY = "io.robustmq.security..";
    private static final String TRANSPORT = "io.robustmq.transport..";
    private static final String PROTOCOLS = "io.robustmq.protocol..";
    private static final String SERVER = "io.robustmq.server..";
    private static final String BOOKIE = "io.robustmq.bookie..";
    private static final String STANDALONE = "io.robustmq.standalone..";
    private static final String OURS = "io.robustmq..";

    @Test
    void storageContractUsesOnlyJavaAndBuffers() {
        classes()
                .that()
                .resideInAPackage(STORAGE_CONTRACT)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(STORAGE_CONTRACT, "java..", "org.jspecify.annotations", "io.netty.buffer")
                .check(Product.CLASSES);
    }

    @Test
    void storageImplementationsSeeOnlyTheContractAndTheLedgerChains() {
        noClasses()
                .that()
                .resideInAnyPackage(LEDGER, MEMORY, BOOKKEEPER, STORAGE_TESTKIT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(KERNEL, TRANSPORT, PROTOCOLS, SERVER, BOOKIE, STANDALONE, "io.quarkus..")
                .check(Product.CLASSES);
        noClasses()
                .that()
                .resideInAPackage(LEDGER)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(MEMORY, BOOKKEEPER, STORAGE_TESTKIT)
                .check(Product.CLASSES);
        noClasses()
                .that()
                .resideInAPackage(MEMORY)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(BOOKKEEPER, STORAGE_TESTKIT)
                .check(Product.CLASSES);
        noClasses()
                .that()
                .resideInAPackage(BOOKKEEPER)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(MEMORY, STORAGE_TESTKIT)
                .check(Product.CLASSES);
    }

    @Test
    void kernelSeesOfOursOnlyTheStorageContract() {
        classes()
                .that(inTheKernel())
                .should()
                .onlyDependOnClassesThat(DescribedPredicate.describe(
                        "reside outside the product, in the kernel or in the storage contract",
                        type -> !type.getPackageName().startsWith("io.robustmq")
                                || type.getPackageName().equals(STORAGE_CONTRACT)
                                || isKernel(type)))
                .check(Product.CLASSES);
    }

    /** Home loops own connections and shards alike, so the transport implements the loop that storage reports to. */
    @Test
    void transportSeesOfOursOnlyTheLoop() {
        noClasses()
                .that()
                .resideInAPackage(TRANSPORT)
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "reside in other rooms of the product, the loop excepted",
                        type -> type.getPackageName().startsWith("io.robustmq")
                                && !type.getPackageName().startsWith("io.robustmq.transport")
                                && !type.getName().matches("io\\.robustmq\\.storage\\.Loop(\\$.*)?")))
                .check(Product.CLASSES);
    }

    /** The same for every protocol, so it knows none, and neither the kernel nor where connections come from. */
    @Test
    void securitySeesNothingElseOfOurs() {
        noClasses()
                .that()
                .resideInAPackage(SECURITY)
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "reside in other rooms of the product, or are of Netty",
                        type -> type.getPackageName().startsWith("io.netty")
                                || (type.getPackageName().startsWith("io.robustmq")
                                        && !type.getPackageName().startsWith("io.robustmq.security"))))
                .check(Product.CLASSES);
    }

    @Test
    void protocolsSeeTheKernelTheTransportAndSecurityOnly() {
        noClasses()
                .that()
                .resideInAPackage(PROTOCOLS)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        LEDGER,
                        MEMORY,
                        BOOKKEEPER,
                        STORAGE_TESTKIT,
                        KERNEL_TESTKIT,
                        SERVER,
                        BOOKIE,
                        STANDALONE,
                        "io.quarkus..")
                .check(Product.CLASSES);
    }

    @Test
    void protocolsAreStrangersToEachOther() {
        slices().matching("io.robustmq.protocol.(*)..")
                .should()
                .notDependOnEachOther()
                .check(Product.CLASSES);
    }

    @Test
    void storageNodeNeverSeesTheComputeNode() {
        noClasses()
                .that()
                .resideInAPackage(BOOKIE)
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "reside in other rooms of the product",
                        type -> type.getPackageName().startsWith("io.robustmq")
                                && !type.getPackageName().startsWith("io.robustmq.bookie")))
                .check(Product.CLASSES);
    }

    @Test
    void serverNeverSeesTheStorageNode() {
        noClasses()
                .that()
                .resideInAPackage(SERVER)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(BOOKIE, STANDALONE)
                .check(Product.CLASSES);
    }

    @Test
    void bookKeeperAndZooKeeperStayInTheirTwoPlaces() {
        noClasses()
                .that()
                .resideInAPackage(OURS)
                .and()
                .resideOutsideOfPackages(BOOKKEEPER, BOOKIE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.bookkeeper..", "org.apache.zookeeper..", "org.apache.curator..")
                .check(Product.CLASSES);
    }

    @Test
    void injectionStaysWhereThingsAreWired() {
        noClasses()
                .that()
                .resideInAPackage(OURS)
                .and()
                .resideOutsideOfPackages(SERVER, BOOKIE, STANDALONE)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("jakarta..", "io.quarkus..", "org.eclipse.microprofile..", "io.smallrye..")
                .check(Product.CLASSES);
    }

    @Test
    void productNeverUsesTestLibraries() {
        noClasses()
                .that()
                .resideInAPackage(OURS)
                .and()
                .resideOutsideOfPackages(STORAGE_TESTKIT, KERNEL_TESTKIT)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.junit..", "org.assertj..", STORAGE_TESTKIT, KERNEL_TESTKIT)
                .check(Product.CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.robustmq.(**)").should().beFreeOfCycles().check(Product.CLASSES);
    }

    static DescribedPredicate<JavaClass> inTheKernel() {
        return DescribedPredicate.describe("are in the kernel", DirectionsTest::isKernel);
    }

    static boolean isKernel(JavaClass type) {
        String name = type.getPackageName();
        return (name.equals("io.robustmq.kernel") || name.startsWith("io.robustmq.kernel."))
                && !name.startsWith("io.robustmq.kernel.testkit");
    }
}
