print("subsgen")
