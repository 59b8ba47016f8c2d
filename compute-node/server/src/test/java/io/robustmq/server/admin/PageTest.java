package io.robustmq.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PageTest {
    private static JsonObject page(List<String> all, String after, int limit) {
        Page<String> page = new Page<>(after, limit);
        for (String one : all) {
            if (page.takes(one)) {
                page.add(one, one);
            }
        }
        return page.toJson(one -> new JsonObject().put("name", one));
    }

    @Test
    void pagesInAnyOrderOfArrivalAddUpToEverythingOnce() {
        List<String> all =
                new ArrayList<>(IntStream.range(0, 1000).mapToObj(i -> "c" + i).toList());
        Collections.shuffle(all, new Random(7));
        List<String> told = new ArrayList<>();
        String after = "";
        boolean more = true;
        while (more) {
            JsonObject page = page(all, after, 30);
            page.getJsonArray("data").forEach(one -> told.add(((JsonObject) one).getString("name")));
            more = page.getJsonObject("meta").getBoolean("hasnext");
            after = page.getJsonObject("meta").getString("cursor", "");
        }
        assertThat(told).containsExactlyElementsOf(all.stream().sorted().toList());
    }

    @Test
    void aPageThatIsExactlyFullHasNoNext() {
        JsonObject meta = page(List.of("b", "a"), "", 2).getJsonObject("meta");
        assertThat(meta.getBoolean("hasnext")).isFalse();
        assertThat(meta.containsKey("cursor")).isFalse();
        assertThat(page(List.of("b", "a"), "b", 2).getJsonArray("data")).isEmpty();
    }

    @Test
    void aKeyThatIsMetTwiceIsToldOnceWithTheLastWord() {
        Page<String> page = new Page<>("", 5);
        page.add("a", "old");
        page.add("a", "new");
        assertThat(page.toJson(one -> new JsonObject().put("v", one))
                        .getJsonArray("data")
                        .encode())
                .isEqualTo("[{\"v\":\"new\"}]");
    }
}
