package io.robustmq.acceptance.broker;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests that leave nothing behind one broker for all of them, started when the first one asks. */
public final class SharedBroker implements ParameterResolver {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SharedBroker.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Broker.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE).computeIfAbsent(Broker.class, _ -> started(), Broker.class);
    }

    private static Broker started() {
        Broker broker = Brokers.create("shared");
        try {
            broker.start();
            return broker;
        } catch (RuntimeException | AssertionError e) {
            broker.close();
            throw e;
        }
    }
}
