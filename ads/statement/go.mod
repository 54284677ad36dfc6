module millrace.example/ads/statement

go 1.21
