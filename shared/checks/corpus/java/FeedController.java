package io.shop.connector;

import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;
import org.springframework.web.client.RestTemplate;
import org.springframework.web.reactive.function.client.WebClient;
import org.w3c.dom.Document;

@RestController
@RequestMapping("/feeds")
public class FeedController {
    private static final Set<String> HOSTS = Set.of("feeds.shop.io");
    private final RestTemplate rest = new RestTemplate();
    private final WebClient client = WebClient.create("https://psp.shop.io");

    @GetMapping
    public Document read(@RequestParam String url) throws Exception {
        try (InputStream in = new URL(url).openStream()) { // finds: java-ssrf
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance(); // finds: java-xxe
            return factory.newDocumentBuilder().parse(in);
        }
    }

    @PostMapping("/hook")
    public ResponseEntity<String> hook(@RequestBody Hook hook) {
        String target = hook.getCallbackUrl();
        return rest.postForEntity(target, hook.getPayload(), String.class); // finds: java-ssrf
    }

    @GetMapping("/checked")
    public String checked(@RequestParam String url) {
        if (!HOSTS.contains(URI.create(url).getHost())) {
            throw new IllegalArgumentException("The host is not allowed.");
        }
        return rest.getForObject(url, String.class); // clean
    }

    @GetMapping("/payments/{id}")
    public String payment(@PathVariable String id) {
        return client.get().uri("/payments/{id}", id).retrieve().bodyToMono(String.class).block(); // clean
    }

    @GetMapping("/handler/{name}")
    public Object handler(@PathVariable String name) throws Exception {
        return Class.forName("io.shop.handlers." + name).getDeclaredConstructor().newInstance(); // finds: java-class-from-request
    }
}
