"""Api: the front door for programs; assembles the rooms' routers under `/api` and writes the OpenAPI document."""
