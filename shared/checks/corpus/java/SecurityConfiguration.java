package io.shop.connector;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.servlet.config.annotation.CorsRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

@Configuration
public class SecurityConfiguration implements WebMvcConfigurer {
    @Bean
    public SecurityFilterChain chain(HttpSecurity http) throws Exception {
        http.csrf(csrf -> csrf.disable()); // finds: java-csrf-off
        http.authorizeHttpRequests(requests -> requests
                .requestMatchers("/health").permitAll()
                .requestMatchers("/admin/**").hasRole("ADMIN"));
        http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll()); // finds: java-all-requests-permitted
        http.formLogin(form -> form.loginPage("/login").permitAll());
        return http.build();
    }

    @Bean
    public PasswordEncoder encoder() {
        return new BCryptPasswordEncoder(12);
    }

    @Override
    public void addCorsMappings(CorsRegistry registry) {
        registry.addMapping("/public/**").allowedOrigins("https://www.shop.io").allowedHeaders("*");
        registry.addMapping("/**").allowedOriginPatterns("*").allowCredentials(true); // finds: java-cors-any-origin
    }
}
