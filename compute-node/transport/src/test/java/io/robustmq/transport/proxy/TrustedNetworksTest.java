package io.robustmq.transport.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedNetworksTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.1.2, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.6, false",
        "172.16.0.0/12, 172.31.255.255, true",
        "172.16.0.0/12, 172.32.0.0, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "fd00::/8, fd12::1, true",
        "fd00::/8, fe80::1, false",
        "::1/128, ::1, true",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
    })
    void anAddressBelongsToANetworkByItsFirstBits(String network, String address, boolean belongs) {
        assertThat(TrustedNetworks.parse(List.of(network)).contain(InetAddress.ofLiteral(address)))
                .isEqualTo(belongs);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/-1", "::1/129", "10.0.0.0/eight", "proxy.example", "", "10/8/8"})
    void whatIsNoNetworkIsRefused(String text) {
        assertThatThrownBy(() -> TrustedNetworks.parse(List.of(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no network such as 10.0.0.0/8");
    }
}
