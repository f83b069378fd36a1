package io.shop.connector;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

@Path("/admin")
public class AdminController {
    private final NamedParameterJdbcTemplate named;
    private final HttpClient client = HttpClient.newHttpClient();

    public AdminController(DataSource source) {
        this.named = new NamedParameterJdbcTemplate(source);
    }

    @GET
    @Path("/logs/{name}")
    public String logs(@PathParam("name") String name) throws Exception {
        var file = Paths.get("/var/log/shop", name); // finds: java-path-traversal
        return Files.readString(file);
    }

    @GET
    @Path("/status")
    public String status(@QueryParam("node") String node) throws Exception {
        HttpRequest request = HttpRequest.newBuilder().uri(URI.create("http://" + node + ":8080/health")).build(); // finds: java-ssrf
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    @GET
    @Path("/leave")
    public Response leave(@QueryParam("to") String to) {
        return Response.seeOther(URI.create(to)).build(); // finds: java-open-redirect
    }

    @GET
    @Path("/orders")
    public List<String> orders(@QueryParam("state") String state, @QueryParam("sort") String sort) {
        String sql = """
            SELECT id FROM orders WHERE state = :state ORDER BY """ + " " + sort;
        return named.queryForList(sql, java.util.Map.of("state", state), String.class); // finds: java-sql-injection
    }

    @GET
    @Path("/ping")
    public int ping(@QueryParam("host") String host) throws Exception {
        String[] command = {"/bin/sh", "-c", "ping -c 1 " + host};
        return new ProcessBuilder(command).start().waitFor(); // finds: java-command-injection
    }

    @GET
    @Path("/pong")
    public int pong(@QueryParam("host") String host) throws Exception {
        return new ProcessBuilder("ping", "-c", "1", host).start().waitFor(); // clean
    }
}
