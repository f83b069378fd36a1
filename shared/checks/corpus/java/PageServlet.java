package io.shop.connector;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import org.springframework.web.util.HtmlUtils;

public class PageServlet extends HttpServlet {
    private static final Path PAGES = Paths.get("/data/pages");

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/html");
        PrintWriter out = response.getWriter();
        String name = request.getParameter("name");
        out.println("<h1>Hello " + name + "</h1>"); // finds: java-xss-response
        out.println("<p>" + HtmlUtils.htmlEscape(name) + "</p>"); // clean
        out.println("<p>Welcome</p>");
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String page = request.getParameter("page");
        byte[] content = Files.readAllBytes(Paths.get("/data/pages/" + page)); // finds: java-path-traversal
        response.getOutputStream().write(content);
    }

    @Override
    protected void doPut(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Path file = PAGES.resolve(request.getParameter("page")).normalize();
        if (!file.startsWith(PAGES)) {
            response.sendError(404);
            return;
        }
        Files.write(file, request.getInputStream().readAllBytes()); // clean
    }

    @Override
    protected void doDelete(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            String host = request.getParameter("host");
            Runtime.getRuntime().exec("purge-cache --host " + host); // finds: java-command-injection
        } catch (Exception e) {
            e.printStackTrace(response.getWriter()); // finds: java-stack-trace-sent
        }
    }
}
