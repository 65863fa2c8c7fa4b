"""Log-in by an identity provider of OpenID Connect: authorization code with PKCE."""
