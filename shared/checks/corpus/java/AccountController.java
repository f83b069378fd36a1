package io.shop.connector;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.bind.annotation.*;

@RestController
@CrossOrigin(origins = "*", allowCredentials = "false") // finds: java-cors-any-origin
public class AccountController {
    private static final Logger log = LoggerFactory.getLogger(AccountController.class);
    private final Accounts accounts;

    public AccountController(Accounts accounts) {
        this.accounts = accounts;
    }

    @PostMapping("/login")
    public String login(@RequestBody Login login, HttpServletResponse response) {
        log.debug("login of {} with {}", login.getUser(), login.getPassword()); // finds: java-secret-logged
        Account account = accounts.check(login.getUser(), login.getPassword());
        Cookie cookie = new Cookie("session_token", account.newSession()); // finds: java-cookie-without-flags
        cookie.setPath("/");
        response.addCookie(cookie);
        Cookie language = new Cookie("language", account.language());
        response.addCookie(language);
        return account.id();
    }

    @PostMapping("/reset")
    public void reset(@RequestParam String email) {
        String resetToken = Long.toString(new Random().nextLong(), 36); // finds: java-insecure-random
        accounts.sendReset(email, resetToken);
        log.info("reset sent, token of {} characters", resetToken.length());
    }

    @GetMapping("/after-login")
    public void after(HttpServletRequest request, HttpServletResponse response) throws java.io.IOException {
        String next = request.getParameter("next");
        response.sendRedirect(next); // finds: java-open-redirect
    }

    @GetMapping("/home")
    public void home(HttpServletResponse response) throws java.io.IOException {
        response.sendRedirect("/index.html");
    }

    int retryDelay() {
        return 100 + new Random().nextInt(50);
    }
}
